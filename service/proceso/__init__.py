"""Electoral processes and aspirantes: what is registered before the first sheet is printed."""
