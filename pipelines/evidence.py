"""Evidence: what the night itself knows, beside what the two systems said.

``evidence.nights`` and ``evidence.lists`` say when and how each list was read and how it was proven whole. The other tables
carry tonight's settings and what people decided (``matches.csv``, ``acceptances.csv``), so that the SQL that judges reads
one file and nothing else.
"""

from __future__ import annotations

import duckdb

DDL = """
create schema if not exists evidence;
create table if not exists evidence.nights (
    firm_id varchar not null, run_id varchar not null, firm_name varchar, timezone varchar, start_date date,
    grace_hours integer, as_of_date date, started_at timestamp, loaded_at timestamp, is_full boolean,
    clio_web_url varchar, api_calls_clio integer, api_calls_xero integer, rows_loaded bigint, version varchar);
create table if not exists evidence.lists (
    firm_id varchar not null, run_id varchar not null, system varchar not null, list_name varchar not null, mode varchar,
    asked_since timestamp, started_at timestamp, pages integer, rows_fetched bigint, rows_stated bigint,
    rows_vanished bigint, proof varchar);
create table if not exists evidence.not_from_clio (firm_id varchar not null, kind varchar not null, value varchar not null);
create table if not exists evidence.trust_accounts (
    firm_id varchar not null, clio_bank_account varchar, xero_bank_account varchar, xero_liability_account varchar,
    clio_bank_account_id varchar, xero_bank_account_id varchar, xero_liability_account_id varchar);
create table if not exists evidence.operating_accounts (
    firm_id varchar not null, clio_bank_account varchar, xero_bank_account varchar, clio_bank_account_id varchar,
    xero_bank_account_id varchar);
create table if not exists evidence.matches (
    firm_id varchar not null, clio_bill_id varchar not null, xero_invoice_id varchar not null, decided_by varchar,
    decided_at timestamp, reason varchar, position integer);
create table if not exists evidence.acceptances (
    firm_id varchar not null, exception_id varchar not null, code varchar, subject_key varchar, ar_effect decimal(18,2),
    clio_value varchar, xero_value varchar, accepted_by varchar, accepted_at timestamp, expires_on date, reason varchar,
    withdrawn_at timestamp, position integer);
"""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is not there yet."""
    connection.execute(DDL)
