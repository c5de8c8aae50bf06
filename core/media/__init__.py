"""Microphone and camera frames in, bounded queues, the answer recorder."""
