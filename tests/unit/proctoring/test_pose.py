import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.proctoring.faces import Face
from core.proctoring.pose import PoseParams, pose_from_mesh, pose_from_points

HEAD = np.array([[-31.0, -17, -27], [31, -17, -27], [0, 17, 0], [-26, 49, -22], [26, 49, -22]])
"""Eyes, nose, mouth corners in millimetres; x right, y down, z towards the camera."""


HAIR_AND_CHIN = np.array([[0.0, -62, -30], [0, 88, -35]])


def seen(yaw_deg: float, pitch_deg: float = 0.0, roll_deg: float = 0.0, at=(320.0, 240.0)) -> Face:
    """A head turned and projected, with the box a detector would draw."""
    yaw, pitch, roll = (math.radians(a) for a in (yaw_deg, pitch_deg, roll_deg))
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    turn = (about_z @ about_y @ about_x).T
    points = (HEAD @ turn)[:, :2] + at
    top, bottom = (HAIR_AND_CHIN @ turn)[:, 1] + at[1]
    return Face(np.array([at[0] - 65.0, top, 130.0, bottom - top]), points, 0.9)


@pytest.mark.parametrize("yaw", [-60, -40, -25, -12, 12, 25, 40, 60])
def test_five_points_tell_the_side_of_a_turn(yaw):
    assert pose_from_points(seen(yaw), PoseParams()).yaw_deg * yaw > 0


def test_a_frontal_face_is_about_zero():
    assert abs(pose_from_points(seen(0), PoseParams()).yaw_deg) < 3


def test_a_larger_turn_is_a_larger_angle():
    angles = [pose_from_points(seen(yaw), PoseParams()).yaw_deg for yaw in (0, 10, 20, 30, 45)]
    assert angles == sorted(angles)


def test_nodding_down_lowers_the_pitch():
    up, level, down = (pose_from_points(seen(0, pitch), PoseParams()).pitch_deg for pitch in (20, 0, -20))
    assert up > level > down


def test_a_tilted_head_is_not_turned():
    assert abs(pose_from_points(seen(0, roll_deg=20), PoseParams()).yaw_deg) < 6


@given(st.lists(st.floats(-1e4, 1e4), min_size=14, max_size=14))
def test_whatever_points_there_are_angles_are_angles(values):
    face = Face(np.array(values[:4]), np.array(values[4:]).reshape(5, 2), 0.5)
    pose = pose_from_points(face, PoseParams())
    assert abs(pose.yaw_deg) <= 90 and abs(pose.pitch_deg) <= 90


def mesh(yaw_deg: float, pitch_deg: float) -> np.ndarray:
    """The four points that are looked at, in x right, y down, z away from the camera."""
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    about_y = np.array([[math.cos(yaw), 0, -math.sin(yaw)], [0, 1, 0], [math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
    points = np.zeros((478, 3))
    points[[33, 263, 10, 152]] = np.array([[-40.0, 0, 0], [40, 0, 0], [0, -60, 0], [0, 60, 0]]) @ (about_y @ about_x).T
    return points


@given(st.floats(-60, 60), st.floats(-50, 50))
def test_the_mesh_gives_back_the_angles_it_was_turned_by(yaw, pitch):
    pose = pose_from_mesh(mesh(yaw, pitch))
    assert pose.yaw_deg == pytest.approx(yaw, abs=0.5)
    assert pose.pitch_deg == pytest.approx(pitch, abs=0.5)


def test_a_mesh_without_extent_points_nowhere():
    pose = pose_from_mesh(np.zeros((478, 3)))
    assert (pose.yaw_deg, pose.pitch_deg) == (0.0, 0.0)
