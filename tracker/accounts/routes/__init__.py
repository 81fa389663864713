"""Pages of accounts: coming in, one's own account, other people's accounts."""

from tracker.accounts.routes.account import bp as account
from tracker.accounts.routes.entry import bp as entry
from tracker.accounts.routes.people import bp as people
from tracker.accounts.routes.sign_in import bp as sign_in

BLUEPRINTS = (sign_in, entry, account, people)
