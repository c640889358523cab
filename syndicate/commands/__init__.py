"""The commands. Each opens the app, calls the room that does the work, and prints the answer."""
