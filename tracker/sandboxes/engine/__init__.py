"""The engine: the only door to Pulumi and the templates. What stands here and in `job` and `session` loads neither."""
