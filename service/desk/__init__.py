"""The desks where people decide what a machine must not."""
