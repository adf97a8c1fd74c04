"""Reception: files uploaded by page or command, and paper originals checked in."""
