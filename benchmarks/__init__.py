"""`make bench`: claims per second, CPU per claim by process, latency, kernel and rebuild speed. No test asserts a time."""
