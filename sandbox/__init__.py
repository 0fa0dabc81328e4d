"""A strict local emulator of Clio Manage v4 and Xero Accounting 2.0, and the invented law firms behind it."""
