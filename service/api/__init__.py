"""REST for other programs: the same functions as the pages, versioned, described by OpenAPI."""
