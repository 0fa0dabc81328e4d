"""Who may look: whoever can read the key's file, and from then on the browser that signed in with it.

The key is a new one with each start, as that of Prefect's pages. What a browser holds instead of it is a word of
chance that means something to this process alone: nothing is signed, nothing outlives the process, and a person's name
or a form's token cannot be forged because neither ever leaves it unguarded.
"""

import hmac
import secrets
import time
from dataclasses import dataclass, field

IDLE_SECONDS = 12 * 3600
MOST_SESSIONS = 50


@dataclass
class Session:
    """One browser that signed in. `form_token` stands in each of its forms, `name` beside each of its decisions, and
    `said` is what the next page tells once."""

    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    name: str = ""
    said: str = ""
    seen_at: float = field(default_factory=time.monotonic)


class Door:
    """Lets in who has the key, and knows them again."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._sessions: dict[str, Session] = {}

    def sign_in(self, key: str) -> str | None:
        """The word that the browser keeps; None for another key."""
        if not hmac.compare_digest(key.strip().encode("utf-8", "replace"), self._key.encode()):
            return None
        while len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[min(self._sessions, key=lambda word: self._sessions[word].seen_at)]
        word = secrets.token_urlsafe(32)
        self._sessions[word] = Session()
        return word

    def session(self, word: str) -> Session | None:
        """The session of a browser that signed in and was not away for half a day."""
        session = self._sessions.get(word)
        if session is None:
            return None
        now = time.monotonic()
        if now - session.seen_at > IDLE_SECONDS:
            del self._sessions[word]
            return None
        session.seen_at = now
        return session

    def sign_out(self, word: str) -> None:
        """Forget the browser."""
        self._sessions.pop(word, None)
