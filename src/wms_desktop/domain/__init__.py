"""The rules, as pure functions over frozen values: no SQL, no Qt, no clock, no input or output."""
