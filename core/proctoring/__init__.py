"""Signals from the camera, rules that turn them into flags, and the worker that watches every candidate."""
