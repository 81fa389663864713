"""The blueprint that the journey's pages stand on."""

from flask import Blueprint

bp = Blueprint("journey", __name__, template_folder="../templates")
