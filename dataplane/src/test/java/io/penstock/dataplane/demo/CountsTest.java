package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.dataplane.cli.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CountsTest {

    private static final String TEXT = """
            {"a":1,"b":{"c":0,"d":20000000000},"e":[true,null,"x\\ty",1.5]}""";

    @Test
    void shouldAnswerByName() {
        final Counts counts = Counts.parse(TEXT);
        assertEquals(1, counts.number("a"));
        assertEquals(20_000_000_000L, counts.object("b").number("d"));
        assertEquals(0, counts.object("no").number("no"));
        assertEquals(Map.of("d", 20_000_000_000L), counts.object("b").numbers());
    }

    @Test
    void shouldWriteWhatItRead() {
        final Json json = new Json();
        Counts.parse(TEXT).write(json);
        assertEquals(TEXT, json.toString());
    }

    @Test
    void shouldSayWhatItGotWhenItIsNoObject() {
        assertEquals("not a JSON object: oops", assertThrows(DemoException.class, () -> Counts.parse("oops")).getMessage());
        assertEquals("not a JSON object: {\"a\"", assertThrows(DemoException.class, () -> Counts.parse("{\"a\"")).getMessage());
    }
}
