package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.text.CNumber;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How {@code -m rateest} is read: the tool checks by itself here what may be inverted and what may stand twice. */
final class RateestKind implements MatchParser {

    private static final OptionSpec FIRST = OptionSpec.of("rateest1", OptionType.STRING).inverted().repeated();
    private static final OptionSpec BYTES_2 = rate("rateest-bps2");
    private static final OptionSpec PACKETS_2 = rate("rateest-pps2");

    static final MatchKind RATEEST = DescribedMatchKind.of(
            "rateest",
            0,
            """
            rateest match options:
             --rateest1 name		Rate estimator name
             --rateest2 name		Rate estimator name
             --rateest-delta		Compare difference(s) to given rate(s)
             --rateest-bps1 [bps]		Compare bps
             --rateest-pps1 [pps]		Compare pps
             --rateest-bps2 [bps]		Compare bps
             --rateest-pps2 [pps]		Compare pps
             [!] --rateest-lt		Match if rate is less than given rate/estimator
             [!] --rateest-gt		Match if rate is greater than given rate/estimator
             [!] --rateest-eq		Match if rate is equal to given rate/estimator
            """,
            scope -> new RateestKind(),
            FIRST,
            OptionSpec.alias("rateest", FIRST),
            OptionSpec.of("rateest2", OptionType.STRING).inverted().repeated(),
            rate("rateest-bps1"),
            rate("rateest-pps1"),
            BYTES_2,
            PACKETS_2,
            OptionSpec.alias("rateest-bps", BYTES_2),
            OptionSpec.alias("rateest-pps", PACKETS_2),
            OptionSpec.of("rateest-delta", OptionType.NONE).inverted().repeated(),
            OptionSpec.of("rateest-lt", OptionType.NONE).inverted().repeated(),
            OptionSpec.of("rateest-gt", OptionType.NONE).inverted().repeated(),
            OptionSpec.of("rateest-eq", OptionType.NONE).inverted().repeated());

    /** Bits that a unit stands for, by its name in small letters; none stands for bits. */
    private static final Map<String, Double> UNITS = units();

    private static final Pattern REAL = Pattern.compile("\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    /** {@code IFNAMSIZ}. */
    private static final int NAME_BYTES = 16;

    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> rates = new HashMap<>();
    private String first = "";
    private String second;
    private String mode;
    private boolean inverted;

    private RateestKind() {
    }

    @Override
    public void option(final OptionSpec option, final OptionValue value) {
        final String name = option.canonical();
        switch (name) {
            case "rateest1" -> {
                plain(value, "rateest");
                once(name, "--rateest1");
                first = FieldText.cut(value.text(), NAME_BYTES);
            }
            case "rateest2" -> {
                plain(value, "rateest");
                once(name, "--rateest2");
                second = FieldText.cut(value.text(), NAME_BYTES);
            }
            case "rateest-bps1", "rateest-bps2" -> {
                plain(value, "rateest-bps");
                once(name, "--" + name);
                rates.put(name, value.more() == null ? 0 : bytes(value.more()));
            }
            case "rateest-pps1", "rateest-pps2" -> {
                plain(value, "rateest-pps");
                once(name, "--" + name);
                rates.put(name, value.more() == null ? 0 : packets(value.more()));
            }
            case "rateest-delta" -> {
                plain(value, "rateest-delta");
                once(name, "--rateest-delta");
            }
            default -> {
                once(name, "lt/gt/eq");
                mode = name.substring("rateest-".length());
                inverted |= value.inverted();
            }
        }
    }

    @Override
    public Match finish() {
        return new RateestMatch(
                first,
                second,
                taken.contains("rateest-delta"),
                rates.containsKey("rateest-bps1") || rates.containsKey("rateest-bps2"),
                rates.containsKey("rateest-pps1") || rates.containsKey("rateest-pps2"),
                rates.getOrDefault("rateest-bps1", 0),
                rates.getOrDefault("rateest-bps2", 0),
                rates.getOrDefault("rateest-pps1", 0),
                rates.getOrDefault("rateest-pps2", 0),
                mode,
                inverted);
    }

    private void once(final String name, final String shown) {
        if (!taken.add(name)) {
            throw parameter("rateest: can't specify %s twice", shown);
        }
    }

    private static void plain(final OptionValue value, final String shown) {
        if (value.inverted()) {
            throw parameter("rateest: %s can't be inverted", shown);
        }
    }

    private static int packets(final String text) {
        final CNumber number = CNumber.whole(text, 0, CNumber.UNSIGNED_32);
        if (number == null) {
            throw parameter("rateest: could not parse pps `%s'", text);
        }
        return (int) number.value();
    }

    private static int bytes(final String text) {
        final Matcher number = REAL.matcher(text);
        final String unit = number.lookingAt() ? text.substring(number.end()).toLowerCase(Locale.ROOT) : null;
        final Double bits = unit == null ? null : UNITS.get(unit);
        if (bits == null) {
            throw parameter("rateest: could not parse rate `%s'", text);
        }
        return (int) (long) (Double.parseDouble(number.group()) * bits / Byte.SIZE);
    }

    private static OptionSpec rate(final String name) {
        return OptionSpec.of(name, OptionType.NONE).inverted().repeated().twoArguments();
    }

    private static Map<String, Double> units() {
        final Map<String, Double> units = new HashMap<>();
        units.put("", 1.0);
        double binary = 1;
        double decimal = 1;
        for (final String prefix : new String[] {"", "k", "m", "g", "t"}) {
            units.put(prefix + "bit", decimal);
            units.put(prefix + "bps", decimal * Byte.SIZE);
            if (!prefix.isEmpty()) {
                units.put(prefix + "ibit", binary);
                units.put(prefix + "ibps", binary * Byte.SIZE);
            }
            binary *= 1024;
            decimal *= 1000;
        }
        return Map.copyOf(units);
    }
}
