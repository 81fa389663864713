"""The engine that carries out the templates."""
