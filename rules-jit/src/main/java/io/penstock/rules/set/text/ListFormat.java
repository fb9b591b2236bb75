package io.penstock.rules.set.text;

/** How listings are written. */
enum ListFormat {
    PLAIN,
    SAVE,
    XML
}
