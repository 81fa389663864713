"""Pages of journey."""

from flask import Blueprint

bp = Blueprint("journey", __name__, template_folder="templates")
