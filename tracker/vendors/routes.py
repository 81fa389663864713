"""Pages of vendors."""

from flask import Blueprint

bp = Blueprint("vendors", __name__, template_folder="templates")
