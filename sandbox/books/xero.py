"""Xero's books: contacts, invoices, payments, credits and bank entries, as Xero's API tells them.

`tables` holds one dict per resource (guid -> record, PascalCase). Figures follow Xero's arithmetic: tax per
line, rounded, then summed; a status that turns PAID by itself and back; credits with what remains of them.
The ledger in `sandbox.books.ledger` is worked out from these records alone.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from sandbox.books.common import BookError, Record, lines_with_money
from sandbox.books.ledger import trial_balance
from sandbox.money import HUNDRED, ZERO, cents

RESOURCES = (
    "Invoices",
    "Payments",
    "BatchPayments",
    "CreditNotes",
    "Overpayments",
    "Prepayments",
    "Contacts",
    "Accounts",
    "BankTransactions",
    "BankTransfers",
    "ManualJournals",
)
GUIDS = uuid.UUID("6f3c7a52-94a1-4c8e-9d0b-3a5e8f1d2b60")
CREDIT_KEYS = {
    "CreditNotes": "CreditNoteID",
    "Overpayments": "OverpaymentID",
    "Prepayments": "PrepaymentID",
}
PAYABLE = ("AUTHORISED", "PAID")
DEAD = ("VOIDED", "DELETED")
REFUND_TYPES = {
    "CreditNotes": "ARCREDITPAYMENT",
    "Overpayments": "AROVERPAYMENTPAYMENT",
    "Prepayments": "ARPREPAYMENTPAYMENT",
}


def takes_no_journal(account: Record) -> bool:
    """Bank accounts and the control accounts of receivables and payables are closed to manual journals."""
    return account["Type"] == "BANK" or account["SystemAccount"] in ("DEBTORS", "CREDITORS")


class XeroBooks:
    """The record store of one Xero organisation."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.tables: dict[str, dict[str, Record]] = {name: {} for name in RESOURCES}
        self.organisation: Record = {}
        self.tax_rates: dict[str, Decimal] = {"NONE": ZERO}
        self.journals: list[tuple[date, str, str, Decimal]] = []
        self._count = 0
        self._contact_refs: dict[str, Record] = {}
        self._payments: dict[str, list[Record]] = {}
        self._by_number: dict[str, list[Record]] = {}
        self._credited: dict[str, dict[str, Record]] = {}

    def guid(self, kind: str) -> str:
        """The next id; every firm counts from one, so ids repeat from firm to firm."""
        self._count += 1
        return str(uuid.uuid5(GUIDS, f"{kind}:{self._count}"))

    def _store(self, resource: str, key: str, record: Record) -> Record:
        record["UpdatedDateUTC"] = self.clock()
        self.tables[resource][record[key]] = record
        return record

    def touch(self, record: Record) -> None:
        """Stamp a change."""
        record["UpdatedDateUTC"] = self.clock()

    # Contacts and accounts

    def add_contact(self, name: str, first: str = "", last: str = "", email: str = "") -> Record:
        """A customer."""
        record: Record = {
            "ContactID": self.guid("contact"),
            "ContactNumber": None,
            "AccountNumber": None,
            "ContactStatus": "ACTIVE",
            "Name": name,
            "FirstName": first,
            "LastName": last,
            "EmailAddress": email,
            "ContactPersons": [],
            "BankAccountDetails": "",
            "Addresses": [],
            "Phones": [],
            "IsSupplier": False,
            "IsCustomer": True,
            "ContactGroups": [],
            "HasAttachments": False,
            "HasValidationErrors": False,
        }
        return self._store("Contacts", "ContactID", record)

    def rename_contact(self, contact: Record, name: str) -> None:
        """A new name, shown on every document of the contact."""
        contact["Name"] = name
        self.contact_ref(contact)["Name"] = name
        self.touch(contact)

    def archive_contact(self, contact: Record) -> None:
        """Archived contacts take no new documents."""
        contact["ContactStatus"] = "ARCHIVED"
        self.touch(contact)

    def contact_ref(self, contact: Record) -> Record:
        """The summary of a contact inside documents (one shared dict per contact)."""
        guid = contact["ContactID"]
        if guid not in self._contact_refs:
            self._contact_refs[guid] = {"ContactID": guid, "Name": contact["Name"]}
        return self._contact_refs[guid]

    def add_account(self, code: str, name: str, kind: str, **fields: object) -> Record:
        """An account of the chart: `kind` is Xero's account type."""
        classes = {"BANK": "ASSET", "CURRENT": "ASSET", "CURRLIAB": "LIABILITY", "EQUITY": "EQUITY"}
        record: Record = {
            "AccountID": self.guid("account"),
            "Code": code,
            "Name": name,
            "Type": kind,
            "Status": "ACTIVE",
            "Description": "",
            "TaxType": "NONE",
            "EnablePaymentsToAccount": False,
            "ShowInExpenseClaims": False,
            "Class": classes.get(kind, "EXPENSE" if kind in ("EXPENSE", "OVERHEADS") else "REVENUE"),
            "SystemAccount": "",
            "HasAttachments": False,
            **fields,
        }
        if kind == "BANK":
            record = {
                "BankAccountNumber": f"0000{code}",
                "BankAccountType": "BANK",
                "CurrencyCode": "USD",
                **record,
            }
        return self._store("Accounts", "AccountID", record)

    def account(self, code: str) -> Record:
        """The account with a code."""
        for account in self.tables["Accounts"].values():
            if account["Code"] == code:
                return account
        raise BookError(f"no account with code {code}")

    def system_account(self, kind: str) -> Record:
        """The account that Xero itself uses, for example DEBTORS."""
        for account in self.tables["Accounts"].values():
            if account["SystemAccount"] == kind:
                return account
        raise BookError(f"no system account {kind}")

    # Lines and totals

    def line(self, description: str, quantity: Decimal, unit: Decimal, code: str, **more: object) -> Record:
        """A document line; its amounts are worked out when the document is settled."""
        return {
            "LineItemID": self.guid("line"),
            "Description": description,
            "Quantity": quantity,
            "UnitAmount": unit,
            "ItemCode": "",
            "AccountCode": code,
            "AccountID": self.account(code)["AccountID"],
            "TaxType": more.get("tax_type", "NONE"),
            "TaxAmount": ZERO,
            "LineAmount": ZERO,
            "Tracking": [],
            "DiscountRate": more.get("discount_rate"),
            "DiscountAmount": more.get("discount_amount"),
        }

    def text_line(self, description: str) -> Record:
        """A line of words alone, which books nothing."""
        return {"LineItemID": self.guid("line"), "Description": description, "Tracking": []}

    def _settle_line(self, line: Record, inclusive: bool) -> None:
        gross = line["Quantity"] * line["UnitAmount"]
        if line["DiscountRate"]:
            line["LineAmount"] = cents(gross * (HUNDRED - line["DiscountRate"]) / HUNDRED)
        elif line["DiscountAmount"]:
            line["LineAmount"] = cents(gross) - line["DiscountAmount"]
        else:
            line["LineAmount"] = cents(gross)
        rate = self.tax_rates[line["TaxType"]]
        if inclusive:
            line["TaxAmount"] = line["LineAmount"] - cents(line["LineAmount"] * HUNDRED / (HUNDRED + rate))
        else:
            line["TaxAmount"] = cents(line["LineAmount"] * rate / HUNDRED)

    def _settle_lines(self, document: Record) -> None:
        inclusive = document["LineAmountTypes"] == "Inclusive"
        with_money = lines_with_money(document)
        for line in with_money:
            self._settle_line(line, inclusive)
        lines = sum((line["LineAmount"] for line in with_money), ZERO)
        document["TotalTax"] = sum((line["TaxAmount"] for line in with_money), ZERO)
        document["Total"] = lines if inclusive else lines + document["TotalTax"]
        document["SubTotal"] = document["Total"] - document["TotalTax"]

    # Invoices

    def invoice_by_number(self, number: str) -> Record | None:
        """The sales invoice that holds a number: a deleted draft frees it, a voided invoice keeps it."""
        for invoice in self._by_number.get(number, ()):
            if invoice["InvoiceNumber"] == number and invoice["Status"] != "DELETED":
                return invoice
        return None

    def add_invoice(
        self,
        contact: Record,
        number: str,
        day: date,
        due: date,
        lines: list[Record],
        status: str = "DRAFT",
        **fields: object,
    ) -> Record:
        """A sales invoice; Xero wants an active contact, a free number and a total that is not negative."""
        if contact["ContactStatus"] == "ARCHIVED":
            raise BookError(f"contact {contact['Name']} has been archived")
        self._claim(number)
        record = {
            "Type": "ACCREC",
            "InvoiceID": self.guid("invoice"),
            "InvoiceNumber": number,
            "Reference": "",
            "Url": None,
            "Contact": self.contact_ref(contact),
            "Date": day,
            "DueDate": due,
            "Status": status,
            "LineAmountTypes": "Exclusive",
            "LineItems": lines,
            "CurrencyCode": self.organisation["BaseCurrency"],
            "CurrencyRate": Decimal(1),
            "SubTotal": ZERO,
            "TotalTax": ZERO,
            "Total": ZERO,
            "TotalDiscount": ZERO,
            "AmountDue": ZERO,
            "AmountPaid": ZERO,
            "AmountCredited": ZERO,
            "FullyPaidOnDate": None,
            "SentToContact": False,
            "HasAttachments": False,
            "HasErrors": False,
            "IsDiscounted": False,
            **fields,
        }
        self.settle(record)
        if record["Total"] < 0:
            raise BookError("the total of an invoice cannot be negative")
        self._by_number.setdefault(number, []).append(record)
        return self._store("Invoices", "InvoiceID", record)

    def _claim(self, number: str) -> None:
        if self.invoice_by_number(number) is not None:
            raise BookError(f"Invoice number {number} must be unique")

    def renumber_invoice(self, invoice: Record, number: str) -> None:
        """Allowed whatever the status, as long as the number is free."""
        self._claim(number)
        invoice["InvoiceNumber"] = number
        self._by_number.setdefault(number, []).append(invoice)
        self.touch(invoice)

    def settle(self, invoice: Record) -> None:
        """Totals, then what is due, then the status that Xero sets by itself."""
        self._settle_lines(invoice)
        with_money = lines_with_money(invoice)
        gross = sum((cents(line["Quantity"] * line["UnitAmount"]) for line in with_money), ZERO)
        net = sum((line["LineAmount"] for line in with_money), ZERO)
        invoice["TotalDiscount"] = gross - net
        invoice["IsDiscounted"] = gross != net
        payments = self.live_payments(invoice)
        credits = self._credited.get(invoice["InvoiceID"], {}).values()
        invoice["AmountPaid"] = sum((payment["Amount"] for payment in payments), ZERO)
        invoice["AmountCredited"] = sum((credit["Amount"] for credit in credits), ZERO)
        invoice["AmountDue"] = invoice["Total"] - invoice["AmountPaid"] - invoice["AmountCredited"]
        if invoice["Status"] in PAYABLE:
            self._settle_status(invoice, payments)
        elif invoice["Status"] in DEAD:
            invoice["AmountDue"] = ZERO
        self.touch(invoice)

    def _settle_status(self, invoice: Record, payments: list[Record]) -> None:
        if invoice["AmountDue"] < 0:
            raise BookError(f"invoice {invoice['InvoiceNumber']} cannot take more than it asks")
        invoice["Status"] = "AUTHORISED" if invoice["AmountDue"] else "PAID"
        credits = self._credited.get(invoice["InvoiceID"], {}).values()
        days = [payment["Date"] for payment in payments] + [credit["Date"] for credit in credits]
        invoice["FullyPaidOnDate"] = max(days, default=None) if invoice["Status"] == "PAID" else None

    def live_payments(self, invoice: Record) -> list[Record]:
        """Payments on a document that have not been deleted."""
        known = self._payments.get(invoice.get("InvoiceID") or "", [])
        return [payment for payment in known if payment["Status"] == "AUTHORISED"]

    def edit_invoice(self, invoice: Record, lines: list[Record] | None = None, **fields: object) -> None:
        """An update. A new set of lines gets new line ids, as Xero does when none are sent back."""
        if invoice["Status"] in DEAD:
            raise BookError("Invoice not of valid status for modification")
        if lines is not None:
            for line in lines:
                line["LineItemID"] = self.guid("line")
            invoice["LineItems"] = lines
        invoice.update(fields)
        self.settle(invoice)

    def authorise(self, invoice: Record) -> None:
        """DRAFT or SUBMITTED to AUTHORISED; a zero invoice is paid at once."""
        if invoice["Status"] not in ("DRAFT", "SUBMITTED"):
            raise BookError(f"invoice {invoice['InvoiceNumber']} is {invoice['Status']}")
        invoice["Status"] = "AUTHORISED"
        self.settle(invoice)

    def kill_invoice(self, invoice: Record) -> None:
        """Void an approved invoice, delete a draft. Payments and credits must be off first."""
        if self.live_payments(invoice) or self._credited.get(invoice["InvoiceID"]):
            raise BookError(f"invoice {invoice['InvoiceNumber']} has payments or credits")
        if invoice["Status"] in DEAD:
            raise BookError(f"invoice {invoice['InvoiceNumber']} is already {invoice['Status']}")
        invoice["Status"] = "DELETED" if invoice["Status"] in ("DRAFT", "SUBMITTED") else "VOIDED"
        self.settle(invoice)

    # Payments

    def add_payment(self, invoice: Record, amount: Decimal, day: date, account: Record) -> Record:
        """Money on an invoice, into a bank account or an account that takes payments."""
        if invoice["Status"] != "AUTHORISED":
            raise BookError("Payments can only be made against Authorised documents")
        if account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
            raise BookError(f"account {account['Code']} does not take payments")
        payment = self._payment(amount, day, account, "ACCRECPAYMENT", invoice["CurrencyRate"])
        payment["Invoice"] = {
            "Type": "ACCREC",
            "InvoiceID": invoice["InvoiceID"],
            "InvoiceNumber": invoice["InvoiceNumber"],
            "Contact": invoice["Contact"],
        }
        self._payments.setdefault(invoice["InvoiceID"], []).append(payment)
        self.settle(invoice)
        return payment

    def refund(self, resource: str, credit: Record, amount: Decimal, day: date, account: Record) -> Record:
        """Money back on a credit note, overpayment or prepayment."""
        payment = self._payment(amount, day, account, REFUND_TYPES[resource], credit["CurrencyRate"])
        key = CREDIT_KEYS[resource]
        payment["Invoice"] = {
            "Type": credit["Type"],
            "InvoiceID": credit[key],
            "InvoiceNumber": credit.get("CreditNoteNumber", ""),
            "Contact": credit["Contact"],
        }
        self._payments.setdefault(credit[key], []).append(payment)
        self._settle_credit(resource, credit)
        return payment

    def _payment(self, amount: Decimal, day: date, account: Record, kind: str, rate: Decimal) -> Record:
        record: Record = {
            "PaymentID": self.guid("payment"),
            "PaymentType": kind,
            "Status": "AUTHORISED",
            "Date": day,
            "Amount": amount,
            "BankAmount": cents(amount / rate),
            "CurrencyRate": rate,
            "Reference": "",
            "IsReconciled": False,
            "Account": {"AccountID": account["AccountID"], "Code": account["Code"], "Name": account["Name"]},
            "HasAccount": True,
            "HasValidationErrors": False,
        }
        return self._store("Payments", "PaymentID", record)

    def delete_payment(self, payment: Record, with_batch: bool = False) -> None:
        """A deleted payment stays listed; its document is open again."""
        if payment.get("BatchPaymentID") and not with_batch:
            raise BookError("Payments within a batch cannot be deleted")
        payment["Status"] = "DELETED"
        self.touch(payment)
        invoice = self.tables["Invoices"].get(payment["Invoice"]["InvoiceID"])
        if invoice is not None:
            self.settle(invoice)

    def batch(self, payments: Iterable[Record], day: date, account: Record, details: str = "") -> Record:
        """One bank line for many payments."""
        members = list(payments)
        guid = self.guid("batch")
        record = {
            "BatchPaymentID": guid,
            "Account": {"AccountID": account["AccountID"]},
            "Reference": "",
            "Details": details,
            "Date": day,
            "Type": "RECBATCH",
            "Status": "AUTHORISED",
            "TotalAmount": sum((payment["BankAmount"] for payment in members), ZERO),
            "IsReconciled": False,
            "Payments": [
                {
                    "PaymentID": payment["PaymentID"],
                    "Amount": payment["Amount"],
                    "BankAmount": payment["BankAmount"],
                    "Invoice": {"InvoiceID": payment["Invoice"]["InvoiceID"]},
                }
                for payment in members
            ],
        }
        self._store("BatchPayments", "BatchPaymentID", record)
        for payment in members:
            payment["BatchPaymentID"] = guid
            payment["BatchPayment"] = record
            self.touch(payment)
        return record

    def delete_batch(self, batch: Record) -> None:
        """The batch and every payment in it."""
        batch["Status"] = "DELETED"
        self.touch(batch)
        for member in batch["Payments"]:
            self.delete_payment(self.tables["Payments"][member["PaymentID"]], with_batch=True)

    # Credits

    def add_credit_note(
        self, contact: Record, number: str, day: date, lines: list[Record], status: str = "AUTHORISED"
    ) -> Record:
        """A sales credit note; its lines carry no ids."""
        for line in lines:
            del line["LineItemID"]
        record = self._credit("CreditNotes", contact, day, "ACCRECCREDIT", lines, status)
        record.update({"CreditNoteNumber": number, "SentToContact": False, "FullyPaidOnDate": None})
        return record

    def add_overpayment(self, contact: Record, amount: Decimal, day: date, account: Record) -> Record:
        """Money over and above the invoices: stands in the control account until it is used."""
        line = self.line("Overpayment", Decimal(1), amount, self.system_account("DEBTORS")["Code"])
        record = self._credit("Overpayments", contact, day, "RECEIVE-OVERPAYMENT", [line], "AUTHORISED")
        twin = self.line("Overpayment", Decimal(1), amount, self.system_account("DEBTORS")["Code"])
        entry = self.add_bank_transaction("RECEIVE-OVERPAYMENT", contact, day, account, [twin])
        entry["OverpaymentID"] = record["OverpaymentID"]
        return record

    def add_prepayment(
        self, contact: Record, amount: Decimal, day: date, account: Record, code: str | None = None
    ) -> Record:
        """Money before any invoice: coded to receivables, or to another account such as what clients are owed."""
        code = code or self.system_account("DEBTORS")["Code"]
        line = self.line("Payment on account", Decimal(1), amount, code)
        record = self._credit("Prepayments", contact, day, "RECEIVE-PREPAYMENT", [line], "AUTHORISED")
        twin = self.line("Payment on account", Decimal(1), amount, code)
        entry = self.add_bank_transaction("RECEIVE-PREPAYMENT", contact, day, account, [twin])
        entry["PrepaymentID"] = record["PrepaymentID"]
        return record

    def _credit(self, resource: str, contact: Record, day: date, kind: str, lines: list[Record], status: str) -> Record:
        key = CREDIT_KEYS[resource]
        guid = self.guid(resource)
        record: Record = {
            "Type": kind,
            key: guid,
            "ID": guid,
            "Contact": self.contact_ref(contact),
            "Date": day,
            "Status": status,
            "LineAmountTypes": "Exclusive" if resource == "CreditNotes" else "NoTax",
            "LineItems": lines,
            "SubTotal": ZERO,
            "TotalTax": ZERO,
            "Total": ZERO,
            "Reference": "",
            "CurrencyCode": self.organisation["BaseCurrency"],
            "CurrencyRate": Decimal(1),
            "RemainingCredit": ZERO,
            "Allocations": [],
            "HasAttachments": False,
        }
        self._settle_lines(record)
        self._settle_credit(resource, record)
        return self._store(resource, key, record)

    def _settle_credit(self, resource: str, credit: Record) -> None:
        used = sum((allocation["Amount"] for allocation in credit["Allocations"]), ZERO)
        refunds = self._payments.get(credit[CREDIT_KEYS[resource]], [])
        used += sum((row["Amount"] for row in refunds if row["Status"] == "AUTHORISED"), ZERO)
        credit["RemainingCredit"] = credit["Total"] - used
        if credit["RemainingCredit"] < 0:
            raise BookError("more credit applied than there is")
        if credit["Status"] in PAYABLE:
            credit["Status"] = "AUTHORISED" if credit["RemainingCredit"] else "PAID"
        self.touch(credit)

    def allocate(self, resource: str, credit: Record, invoice: Record, amount: Decimal, day: date) -> Record:
        """Use credit on an invoice. Xero dates it the later of the two documents at the earliest."""
        if invoice["Status"] != "AUTHORISED":
            raise BookError("credit can only be applied to an authorised invoice")
        allocation: Record = {
            "AllocationID": self.guid("allocation"),
            "Amount": amount,
            "Date": day,
            "IsDeleted": False,
            "Invoice": {"InvoiceID": invoice["InvoiceID"], "InvoiceNumber": invoice["InvoiceNumber"]},
        }
        credit["Allocations"].append(allocation)
        self._credited.setdefault(invoice["InvoiceID"], {})[allocation["AllocationID"]] = allocation
        self._settle_credit(resource, credit)
        self.settle(invoice)
        return allocation

    def remove_allocation(self, resource: str, credit: Record, allocation: Record) -> None:
        """The credit is free again; the allocation is gone from the list."""
        invoice = self.tables["Invoices"][allocation["Invoice"]["InvoiceID"]]
        credit["Allocations"].remove(allocation)
        del self._credited[invoice["InvoiceID"]][allocation["AllocationID"]]
        self._settle_credit(resource, credit)
        self.settle(invoice)

    def void_credit(self, resource: str, credit: Record) -> None:
        """Only credit of which nothing is used can be voided."""
        if credit["Allocations"]:
            raise BookError("credit that is applied cannot be voided")
        credit["Status"] = "VOIDED"
        credit["RemainingCredit"] = ZERO
        self.touch(credit)

    # Bank

    def add_bank_transaction(
        self, kind: str, contact: Record, day: date, account: Record, lines: list[Record], reference: str = ""
    ) -> Record:
        """Spend or receive money on a bank account."""
        record: Record = {
            "BankTransactionID": self.guid("bank transaction"),
            "Type": kind,
            "Contact": self.contact_ref(contact),
            "LineItems": lines,
            "BankAccount": {
                "AccountID": account["AccountID"],
                "Code": account["Code"],
                "Name": account["Name"],
            },
            "IsReconciled": False,
            "Date": day,
            "Reference": reference,
            "CurrencyCode": self.organisation["BaseCurrency"],
            "CurrencyRate": Decimal(1),
            "Status": "AUTHORISED",
            "LineAmountTypes": "NoTax",
            "SubTotal": ZERO,
            "TotalTax": ZERO,
            "Total": ZERO,
            "HasAttachments": False,
        }
        self._settle_lines(record)
        return self._store("BankTransactions", "BankTransactionID", record)

    def delete_bank_transaction(self, entry: Record) -> None:
        """Deleted bank entries stay listed with their status."""
        entry["Status"] = "DELETED"
        self.touch(entry)

    def add_transfer(self, source: Record, target: Record, amount: Decimal, day: date) -> Record:
        """Money from one bank account to another."""
        record: Record = {
            "BankTransferID": self.guid("transfer"),
            "FromBankAccount": {field: source[field] for field in ("AccountID", "Code", "Name")},
            "ToBankAccount": {field: target[field] for field in ("AccountID", "Code", "Name")},
            "FromBankTransactionID": self.guid("transfer out"),
            "ToBankTransactionID": self.guid("transfer in"),
            "FromIsReconciled": False,
            "ToIsReconciled": False,
            "Reference": "",
            "Amount": amount,
            "Date": day,
            "CurrencyRate": Decimal(1),
            "HasAttachments": False,
            "CreatedDateUTC": self.clock(),
            "Status": "AUTHORISED",
            "FromTracking": [],
            "ToTracking": [],
        }
        return self._store("BankTransfers", "BankTransferID", record)

    def delete_transfer(self, transfer: Record) -> None:
        """A deleted transfer is only shown to those who ask for deleted ones."""
        transfer["Status"] = "DELETED"
        self.touch(transfer)

    # Ledger

    def post_journal(self, day: date, debit: str, credit: str, amount: Decimal, narration: str = "Correction") -> None:
        """Move an amount between two account codes: by a manual journal, or in the ledger alone (as conversion
        balances are) where Xero takes no journal: bank and control accounts."""
        accounts = self.account(debit), self.account(credit)
        if any(takes_no_journal(account) for account in accounts):
            self.journals.append((day, accounts[0]["AccountID"], accounts[1]["AccountID"], amount))
        else:
            self.add_manual_journal(day, narration, [(debit, amount, narration), (credit, -amount, narration)])

    def add_manual_journal(
        self, day: date, narration: str, lines: Iterable[tuple[str, Decimal, str]], status: str = "POSTED"
    ) -> Record:
        """A journal over account codes, debits positive; its lines carry no ids and must come to nothing."""
        rows = [self._journal_line(*line) for line in lines]
        if sum((row["LineAmount"] for row in rows), ZERO):
            raise BookError("The total debits must equal total credits")
        record: Record = {
            "ManualJournalID": self.guid("manual journal"),
            "Narration": narration,
            "Date": day,
            "LineAmountTypes": "NoTax",
            "Status": status,
            "ShowOnCashBasisReports": True,
            "HasAttachments": False,
            "JournalLines": rows,
        }
        return self._store("ManualJournals", "ManualJournalID", record)

    def _journal_line(self, code: str, amount: Decimal, description: str) -> Record:
        account = self.account(code)
        if takes_no_journal(account):
            raise BookError(f"account {code} cannot be used in a manual journal")
        return {
            "Description": description,
            "TaxType": "NONE",
            "TaxAmount": ZERO,
            "LineAmount": amount,
            "AccountCode": code,
            "AccountID": account["AccountID"],
            "Tracking": [],
            "IsBlank": False,
        }

    def kill_journal(self, journal: Record) -> None:
        """Void a posted journal, delete a draft; both stay listed."""
        journal["Status"] = "VOIDED" if journal["Status"] == "POSTED" else "DELETED"
        self.touch(journal)

    def trial_balance(self, as_of: date) -> list[tuple[Record, Decimal]]:
        """Every account with its balance on a day, debits positive."""
        return trial_balance(self.tables, self.journals, as_of)
