"""Pages put together: what is accepted, what waits and why, and what people said of it."""
