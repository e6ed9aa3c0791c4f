"""The tables, by noun, the engine, and the migrations that make them."""
