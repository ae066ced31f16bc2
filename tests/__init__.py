"""Shows that Ronde keeps its promises."""
