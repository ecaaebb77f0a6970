"""Other words for what a column is called, as people head the columns of their sheets.

Each line is one meaning. Only words that mean the same in every table stand here: what could be two things is left
for the person to say.
"""

from __future__ import annotations

from admin.writes.csv_import.fold import fold

MEANINGS = (
    "email, e-mail address, mail, mail address",
    "phone, tel, telephone, phone number, telephone number, mobile, mobile number",
    "first name, forename, given name",
    "last name, surname, family name",
    "company, company name, organisation, organization",
    "city, town",
    "country, country name, nation",
    "zip, zip code, postcode, post code, postal code",
    "website, web site, url, homepage, link",
    "quantity, qty, pcs, pieces, units, in stock, on hand, stock",
    "price, unit price, price each, item price",
    "amount, total, total amount, sum",
    "balance, account balance",
    "sku, item number, item no, article number, article no, part number, part no, product code",
    "isbn, isbn number, isbn 13, isbn 10",
    "born, birth date, date of birth, birthday, dob",
    "published, publication date, publish date, published on, date of publication, release date",
    "due, due date, payable by",
    "active, is active, enabled, is enabled",
    "status, state",
    "rating, stars, score",
    "body, text, content, contents",
    "notes, note, remarks, remark, comment, comments",
    "description, details",
    "title, book title, document title",
    "name, full name, display name",
    "label, caption",
)

_MEANING = {fold(word): number for number, words in enumerate(MEANINGS) for word in words.split(",")}


def same(one: str, other: str) -> bool:
    """Whether two folded names are words for the same."""
    meaning = _MEANING.get(one)
    return meaning is not None and meaning == _MEANING.get(other)
