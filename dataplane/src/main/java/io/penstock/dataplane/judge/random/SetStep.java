package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Arrival;
import java.util.HexFormat;
import java.util.List;

/** What happens to both sides of a scenario of sets, one thing after the other. */
public sealed interface SetStep {

    /**
     * {@code ipset}.
     *
     * @param words its arguments
     * @param input what it reads
     */
    record Command(List<String> words, String input) implements SetStep {

        /** Copies what could change. */
        public Command {
            words = List.copyOf(words);
        }

        /** A command that reads nothing. */
        static Command of(final String... words) {
            return new Command(List.of(words), "");
        }

        @Override
        public String toString() {
            return "ipset " + SetLine.join(words) + (input.isEmpty() ? "" : " <<END\n" + input + "END");
        }
    }

    /**
     * {@code iptables-restore}.
     *
     * @param text what it reads
     */
    record Rules(String text) implements SetStep {

        @Override
        public String toString() {
            return "iptables-restore <<END\n" + text + "END";
        }
    }

    /**
     * A packet.
     *
     * @param arrival how it comes
     */
    record Packet(Arrival arrival) implements SetStep {

        @Override
        public String toString() {
            return "packet by port " + arrival.port() + (arrival.link() == null ? "" : " from " + Long.toHexString(arrival.link().source()))
                    + ": " + HexFormat.of().formatHex(arrival.bytes());
        }
    }

    /**
     * Nothing, for some time.
     *
     * @param ms how long. Unit: ms
     */
    record Pause(int ms) implements SetStep {

        @Override
        public String toString() {
            return "pause of " + ms + " ms";
        }
    }

    /** Both sides' sets and rules are compared. */
    record Look() implements SetStep {

        @Override
        public String toString() {
            return "look";
        }
    }
}
