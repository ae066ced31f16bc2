"""Tests of the rules: given some facts, when a command comes, then these facts or a refusal."""
