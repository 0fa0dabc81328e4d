"""Events about people and work: clients, contacts in Xero, matters."""

from datetime import date

from sandbox.books import Record
from sandbox.engine.base import FirmBase


class People(FirmBase):
    """Clients come first; they reach Xero with their first bill, as with Clio's own sync."""

    def person(self, first: str, last: str) -> Record:
        """A client who is a person."""
        return self._client(f"{first} {last}", "Person", first, last)

    def company(self, name: str) -> Record:
        """A client that is a company."""
        return self._client(name, "Company", None, None)

    def _client(self, name: str, kind: str, first: str | None, last: str | None) -> Record:
        count = len(self.clio.tables["contacts"]) + 1
        return self.clio.add(
            "contacts",
            {
                "name": name,
                "first_name": first,
                "middle_name": None,
                "last_name": last,
                "prefix": None,
                "title": None,
                "initials": "".join(word[0] for word in name.split())[:3],
                "date_of_birth": None,
                "type": kind,
                "is_client": True,
                "is_bill_recipient": True,
                "primary_email_address": f"client{count}@mail.example",
                "secondary_email_address": None,
                "primary_phone_number": None,
                "secondary_phone_number": None,
                "account_balances": [],
            },
        )

    def contact(self, client: Record, name: str | None = None) -> Record:
        """The client's contact in Xero, made when first needed (under another name if given)."""
        if client["id"] not in self.contact_of:
            self.contact_of[client["id"]] = self.xero.add_contact(
                name or client["name"],
                client["first_name"] or "",
                client["last_name"] or "",
                client["primary_email_address"],
            )
        return self.contact_of[client["id"]]

    def rename_client(self, client: Record, name: str, reaches_xero: bool = False) -> None:
        """A new name in Clio, and in Xero when the sync carries it."""
        self.clio.change("contacts", client, name=name)
        if reaches_xero:
            self.xero.rename_contact(self.contact(client), name)

    def matter(self, client: Record, description: str = "General advice", attorney: int = 0) -> Record:
        """Open a matter for a client; `attorney` counts the firm's users."""
        number = len(self.clio.tables["matters"]) + 1
        last = (client["last_name"] or client["name"]).split()[0].strip(",.'")
        user = self.users[attorney % 4]
        return self.clio.add(
            "matters",
            {
                "number": number,
                "display_number": f"{number:05d}-{last}",
                "custom_number": None,
                "description": description,
                "status": "Open",
                "location": None,
                "client_reference": None,
                "billable": True,
                "billing_method": "hourly",
                "open_date": self.today,
                "close_date": None,
                "pending_date": None,
                "shared": True,
                "has_tasks": False,
                "last_activity_date": self.today,
                "client": self.clio.reference("contacts", client),
                "client_id": client["id"],
                "responsible_attorney": self.clio.reference("users", user),
                "originating_attorney": self.clio.reference("users", user),
                "account_balances": [],
            },
        )

    def close_matter(self, matter: Record, day: date | None = None) -> None:
        """Close a matter, whatever it still holds."""
        self.clio.change("matters", matter, status="Closed", close_date=day or self.today)

    def worked_on(self, matter: Record, day: date) -> None:
        """Activity on a matter moves its last activity day forward."""
        known = matter["last_activity_date"]
        if known is None or day > known:
            self.clio.change("matters", matter, last_activity_date=day)
