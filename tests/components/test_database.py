"""The address of a database of others, in the words of the two that read it: Prisma's engine and libpq."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.services.database import CA_PATH, Database

THEIRS = Database("db.example.com", 5432, "gateway", "them", "marker", "sslmode=require", "PEM")


def test_with_an_authority_each_reader_checks_certificate_and_name_by_the_file_at_one_path() -> None:
    assert CA_PATH == "/etc/llmproxy/database-ca.pem"
    # Prisma's `sslcert` is the authority, and without `strict` it takes any certificate; libpq's `sslcert` is another.
    assert THEIRS.prisma_query == "sslmode=require&sslaccept=strict&sslcert=/etc/llmproxy/database-ca.pem"
    assert THEIRS.libpq_query == "sslmode=verify-full&sslrootcert=/etc/llmproxy/database-ca.pem"


def test_an_authority_replaces_what_the_query_says_of_tls_and_nothing_else() -> None:
    theirs = replace(THEIRS, query="connection_limit=3&sslmode=disable&sslaccept=accept_invalid_certs&pool_timeout=9")
    checked = f"sslmode=require&sslaccept=strict&sslcert={CA_PATH}"
    assert theirs.prisma_query == f"connection_limit=3&pool_timeout=9&{checked}"
    assert theirs.libpq_query == f"connection_limit=3&pool_timeout=9&sslmode=verify-full&sslrootcert={CA_PATH}"
    assert replace(THEIRS, query="").libpq_query == f"sslmode=verify-full&sslrootcert={CA_PATH}"


@pytest.mark.parametrize("query", ["", "sslmode=require", "sslmode=disable&connection_limit=3"])
def test_without_an_authority_both_read_the_query_as_it_was_given(query: str) -> None:
    theirs = replace(THEIRS, query=query, ca_certificate=None)
    assert (theirs.prisma_query, theirs.libpq_query) == (query, query)
