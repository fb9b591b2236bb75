package io.penstock.dataplane.judge;

import io.penstock.os.netns.PrivateNetNs;
import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The types of sets that the kernel here has: a module may be missing. Threads: one. */
final class KernelSetTypes {

    private static final String SET = "judge";
    private static final String MISSING = "set type not supported";

    private KernelSetTypes() {
    }

    /** Those that it makes a set of. */
    static List<SetType> find() {
        try (PrivateNetNs netns = PrivateNetNs.create()) {
            return netns.within(() -> {
                try (KernelShell shell = new KernelShell()) {
                    return Arrays.stream(SetType.values()).filter(type -> isThere(shell, type)).toList();
                }
            });
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new JudgeException("cannot ask the kernel for its types of sets: " + e, e);
        }
    }

    private static boolean isThere(final KernelShell shell, final SetType type) {
        final List<String> words = new ArrayList<>(List.of("ipset", "create", SET, type.word()));
        if (type.isBitmap()) {
            words.addAll(List.of("range", type == SetType.BITMAP_PORT ? "0-9" : "10.0.0.0/24"));
        }
        final ToolAnswer answer = shell.run(words, "");
        if (answer.status() == 0) {
            shell.run(List.of("ipset", "destroy", SET), "");
        } else if (!answer.err().contains(MISSING)) {
            throw new JudgeException("cannot make a set of type " + type + ": " + answer.words() + "; install ipset");
        }
        return answer.status() == 0;
    }
}
