package io.penstock.rules.target;

import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;

/**
 * NFQUEUE: hands the packet to a program.
 *
 * @param queue     the first queue
 * @param queues    how many there are to choose from, 16 bits: 65,536 are 0
 * @param bypass    whether the packet passes where no program listens
 * @param cpuFanout whether the processor chooses the queue
 */
public record NfqueueTarget(int queue, int queues, boolean bypass, boolean cpuFanout) implements Target {

    private static final int MAX_QUEUE = 0xFFFF;

    private static final OptionSpec BALANCE =
            OptionSpec.of("queue-balance", OptionType.UINT16_RANGE).excluding("queue-num");

    private static final String HELP = """
            NFQUEUE target options
              --queue-num value            Send packet to QUEUE number <value>.
                                           Valid queue numbers are 0-65535
              --queue-balance first:last   Balance flows between queues <value> to <value>.
              --queue-bypass               Bypass Queueing if no queue instance exists.
              --queue-cpu-fanout\tUse current CPU (no hashing)
            """;

    static final TargetKind KIND = Definition.of("NFQUEUE", HELP, Parser::new,
            OptionSpec.of("queue-num", OptionType.UINT16).excluding("queue-balance"),
            BALANCE,
            OptionSpec.of("queue-bypass", OptionType.NONE),
            OptionSpec.of("queue-cpu-fanout", OptionType.NONE).requiring("queue-balance"))
            .revised(3);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, " --queue-");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" NFQUEUE");
        write(out, " ");
    }

    private void write(final StringBuilder out, final String begin) {
        if (queues > 1) {
            out.append(begin).append("balance ").append(queue).append(':').append(queue + queues - 1);
        } else {
            out.append(begin).append("num ").append(queue);
        }
        if (bypass) {
            out.append(begin).append("bypass");
        }
        if (cpuFanout) {
            out.append(begin).append("cpu-fanout");
        }
    }

    @Override
    public int check(final Place place) {
        return queues == 0 ? ToolText.EINVAL : Kind.FINE;
    }

    private static final class Parser implements TargetParser {

        private int queue;
        private int queues = 1;
        private boolean bypass;
        private boolean cpuFanout;

        Parser(final ParseScope scope) {
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "queue-num" -> queue = (int) value.low();
                case "queue-balance" -> balance(value);
                case "queue-bypass" -> bypass = true;
                default -> cpuFanout = true;
            }
        }

        private void balance(final OptionValue value) {
            if (value.count() != 2) {
                throw ParameterProblem.parameter("Bad range \"%s\"", value.text());
            }
            if (value.low() >= value.high()) {
                throw ParameterProblem.parameter("%d should be less than %d", value.low(), value.high());
            }
            queue = (int) value.low();
            queues = (int) (value.high() - value.low() + 1) & MAX_QUEUE;
        }

        @Override
        public Target finish() {
            return new NfqueueTarget(queue, queues, bypass, cpuFanout);
        }
    }
}
