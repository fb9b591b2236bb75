package io.penstock.dataplane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class JsonTest {

    @Test
    void shouldWriteNestedValuesWhenUsedInOrder() {
        final Json json = new Json().object()
                .field("n", 1)
                .field("s", "a")
                .field("nothing", (String) null)
                .name("list").array().value(1).value("b").object().end().array().end().value(true).end()
                .name("map").object().field("x", -0.5).field("y", false).end()
                .end();
        assertEquals("{\"n\":1,\"s\":\"a\",\"nothing\":null,\"list\":[1,\"b\",{},[],true],\"map\":{\"x\":-0.5,\"y\":false}}",
                json.toString());
        assertEquals("7", new Json().value(7).toString());
    }

    @Test
    void shouldEscapeWhenTextHasSpecialCharacters() {
        assertEquals("\"\\\"\\\\\\n\\t\\r\\u0000\\u007f/\u00e9\ud83d\ude00\\ud83d\"",
                new Json().value("\"\\\n\t\r\0\u007f/\u00e9\ud83d\ude00\ud83d").toString());
        assertEquals("\"\\ude00\"", new Json().value("\ude00").toString());
    }

    @Test
    void shouldRoundWhenNumbersHaveManyDecimals() {
        assertEquals("[0,0.333333,100,1230000000000,0]", new Json().array()
                .value(0.0).value(1 / 3.0).value(100.0).value(1.23e12).value(1e-9).end().toString());
        assertThrows(IllegalArgumentException.class, () -> new Json().value(Double.NaN));
    }

    @Test
    void shouldRefuseWhenTheResultWouldNotBeJson() {
        assertThrows(IllegalStateException.class, () -> new Json().object().value(1));
        assertThrows(IllegalStateException.class, () -> new Json().array().name("x"));
        assertThrows(IllegalStateException.class, () -> new Json().object().name("x").end());
        assertThrows(IllegalStateException.class, () -> new Json().object().name("x").name("y"));
        assertThrows(IllegalStateException.class, () -> new Json().value(1).value(2));
        assertThrows(IllegalStateException.class, () -> new Json().name("x"));
        assertThrows(IllegalStateException.class, () -> new Json().end());
        assertThrows(IllegalStateException.class, () -> new Json().object().toString());
        assertThrows(IllegalStateException.class, () -> new Json().toString());
        final Json deep = new Json();
        for (int i = 0; i < 63; i++) {
            deep.array();
        }
        assertThrows(IllegalStateException.class, deep::array);
    }
}
