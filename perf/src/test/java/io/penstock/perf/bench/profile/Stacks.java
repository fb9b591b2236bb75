package io.penstock.perf.bench.profile;

import java.util.ArrayList;
import java.util.List;

/** Stacks as words: {@code "hot.pipeline.ParseStep.ipv4:I dataplane.program.HookProgram.run:C"}, the innermost first; after the colon how it runs. */
final class Stacks {

    static final String DESCRIPTOR = "(I)V";

    private Stacks() {
    }

    static Sample of(final String words) {
        final List<Frame> frames = new ArrayList<>();
        for (final String word : words.split(" ")) {
            frames.add(frame(word));
        }
        return new Sample(frames);
    }

    static Frame frame(final String word) {
        final int colon = word.indexOf(':');
        final String method = word.substring(0, colon);
        final int dot = method.lastIndexOf('.');
        final String type = method.substring(0, dot);
        final Frame.Kind kind = switch (word.charAt(colon + 1)) {
            case 'I' -> Frame.Kind.INLINED;
            case 'C' -> Frame.Kind.COMPILED;
            case 'N' -> Frame.Kind.NATIVE;
            default -> Frame.Kind.INTERPRETED;
        };
        return new Frame(type.startsWith("jdk.") ? type : "io.penstock." + type, method.substring(dot + 1), DESCRIPTOR, kind, 7);
    }

    static List<Sample> times(final int count, final String words) {
        final List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(of(words));
        }
        return samples;
    }
}
