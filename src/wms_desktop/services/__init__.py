"""The use cases: functions, session and context first; `commands.run` alone opens transactions."""
