"""Voice activity, captions, transcription service, voices."""
