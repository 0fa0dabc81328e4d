"""The emulators and the engine of events, by themselves."""
