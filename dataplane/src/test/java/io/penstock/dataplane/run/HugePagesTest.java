package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class HugePagesTest {

    private static final String ON = "Name:\tjava\nTHP_enabled:\t1\n";

    @Test
    void shouldSayNothingWhenHugePagesCanBeHad() {
        assertEquals(Optional.empty(), HugePages.lack("always [madvise] never\n", ON));
        assertEquals(Optional.empty(), HugePages.lack("[always] madvise never\n", ""));
    }

    @Test
    void shouldNameTheCommandWhenTheMachineHasThemSwitchedOff() {
        assertEquals(Optional.of("huge pages are switched off: transparent_hugepage=never: frames and tables lie on 4 KiB pages, "
                + "which makes every packet dearer; run 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled'"),
                HugePages.lack("always madvise [never]\n", ON));
    }

    @Test
    void shouldNameTheCauseWhenTheProcessHasThemSwitchedOff() {
        assertEquals(Optional.of("huge pages are switched off for this process: THP_enabled=0: frames and tables lie on 4 KiB "
                + "pages, which makes every packet dearer; have whatever starts it leave out prctl(PR_SET_THP_DISABLE), in "
                + "systemd MemoryTHP=disable"),
                HugePages.lack("always [madvise] never\n", "THP_enabled:\t0\n"));
    }

    @Test
    void shouldNameTheKernelWhenItHasNone() {
        assertEquals(Optional.of("the kernel has no transparent huge pages: frames and tables lie on 4 KiB pages, which makes "
                + "every packet dearer; boot a kernel built with CONFIG_TRANSPARENT_HUGEPAGE=y"), HugePages.lack("", ON));
    }
}
