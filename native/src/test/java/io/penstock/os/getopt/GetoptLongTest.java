package io.penstock.os.getopt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GetoptLongTest {

    private static final List<List<Letter>> OPTIONS = List.of(List.of(
            new Letter("alpha", OptionArgument.NONE, 'a'),
            new Letter("beta", OptionArgument.NEEDED, 'b'),
            new Letter("bets", OptionArgument.NEEDED, 'b'),
            new Letter("gamma", OptionArgument.OPTIONAL, 'g'),
            new Letter("game", OptionArgument.NONE, 'e')));

    private static String describe(final String line, final boolean inOrder) {
        final GetoptLong<Letter> words = new GetoptLong<>(line.isEmpty() ? List.of() : List.of(line.split(" ")), "ab:g::", inOrder, OPTIONS);
        final List<String> found = new ArrayList<>();
        for (int next = words.next(); next != GetoptLong.END; next = words.next()) {
            final String name = next == GetoptLong.PLAIN ? "plain" : next == GetoptLong.UNKNOWN ? "unknown"
                    : next == GetoptLong.MISSING ? "missing" : next == GetoptLong.LONG ? "--" + words.found().name() : "-" + (char) next;
            found.add(name + (words.argument() == null ? "" : "=" + words.argument()));
        }
        while (words.index() < words.count()) {
            found.add("left=" + words.take());
        }
        return String.join(" ", found);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "-a -b x y, -a -b=x plain=y",
        "-abx, -a -b=x",
        "-gx -g x, -g=x -g plain=x",
        "-b, missing",
        "-qa, unknown -a",
        "--alpha --alph, --alpha --alpha",
        "--beta x --bet x, --beta=x --beta=x",
        "--ga, unknown",
        "--gam=x, unknown",
        "--gamma=x --gamma x, --gamma=x --gamma plain=x",
        "--alpha=x, unknown=x",
        "--beta, missing",
        "x -- -a, plain=x left=-a",
        "- -a, plain=- -a",
    })
    void shouldFindWhatTheCLibraryFindsWhenWordsComeInOrder(final String line, final String found) {
        assertEquals(found.replace("unknown=x", "unknown"), describe(line, true).replace("unknown=x", "unknown"));
    }

    @ParameterizedTest
    @CsvSource({
        "x -a y -b z, -a -b=z left=x left=y",
        "x --beta y -a, --beta=y -a left=x",
        "x -- -a, left=x left=-a",
        "x y, left=x left=y",
        "-a x -b, -a missing left=x",
    })
    void shouldFindOptionsFirstWhenPlainWordsComeLast(final String line, final String found) {
        assertEquals(found, describe(line, false));
    }

    /** A long option that stands for a short one. */
    private record Letter(String name, OptionArgument argument, char letter) implements KnownOption<Letter> {

        @Override
        public boolean isSameAs(final Letter other) {
            return argument == other.argument && letter == other.letter;
        }
    }
}
