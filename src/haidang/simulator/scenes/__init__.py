"""Drawn port scenes. ``scene.scene(key, frames)`` gives one; ``planes`` is the picture they draw into."""
