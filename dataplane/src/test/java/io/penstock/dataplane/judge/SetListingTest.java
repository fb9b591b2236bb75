package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class SetListingTest {

    private static final String KERNEL = """
            Name: a
            Type: hash:ip
            Revision: 6
            Header: family inet hashsize 1024 maxelem 65536 timeout 600 bucketsize 12 initval 0x8d34a385
            Size in memory: 216
            References: 0
            Number of entries: 2
            Members:
            10.0.0.1 timeout 599
            10.0.0.2 timeout 12
            """;

    @Test
    void shouldFindNothingInWhatMayDiffer() {
        assertNull(SetListing.difference(KERNEL, """
                Name: a
                Type: hash:ip
                Revision: 6
                Header: family inet hashsize 2048 maxelem 65536 timeout 600 bucketsize 12 initval 0x00000001
                Size in memory: 5000
                References: 0
                Number of entries: 2
                Members:
                10.0.0.2 timeout 11
                10.0.0.1 timeout 600
                """, false, 1));
    }

    @Test
    void shouldTellAMemberThatIsMissing() {
        assertEquals("kernel: 10.0.0.2 timeout 12  Penstock:   behind: 10.0.0.1 timeout 599",
                SetListing.difference(KERNEL, KERNEL.replace("10.0.0.2 timeout 12\n", ""), false, 1));
    }

    @Test
    void shouldTellTimeoutsThatAreTwoSecondsApart() {
        assertEquals("kernel: 10.0.0.2 timeout 12  Penstock: 10.0.0.2 timeout 14  behind: 10.0.0.1 timeout 599",
                SetListing.difference(KERNEL, KERNEL.replace("timeout 12", "timeout 14"), false, 1));
    }

    @Test
    void shouldCompareTheSetsOwnTimeoutToTheSecond() {
        assertEquals("kernel: Header: family inet hashsize # maxelem 65536 timeout 600 bucketsize 12 initval #  Penstock: Header: family inet hashsize # "
                + "maxelem 65536 timeout 601 bucketsize 12 initval #  behind: Revision: 6",
                SetListing.difference(KERNEL, KERNEL.replace("timeout 600", "timeout 601"), false, 1));
    }

    @Test
    void shouldCompareTheSizeOfAHashThatIsFresh() {
        assertEquals("kernel: Header: family inet hashsize 1024 maxelem 65536 timeout 600 bucketsize 12 initval #  Penstock: Header: family inet "
                + "hashsize 64 maxelem 65536 timeout 600 bucketsize 12 initval #  behind: Revision: 6",
                SetListing.difference(KERNEL, KERNEL.replace("hashsize 1024", "hashsize 64"), true, 1));
    }

    @Test
    void shouldKeepTheOrderOfAList() {
        final String save = """
                create b list:set size 8
                add b x
                add b a
                """;
        assertEquals("kernel: add b x  Penstock: add b a  behind: create b list:set size 8", SetListing.difference(save, """
                create b list:set size 8
                add b a
                add b x
                """, false, 1));
    }

    @Test
    void shouldNotMindTheOrderOfAHash() {
        assertNull(SetListing.difference("create b hash:ip\nadd b 10.0.0.2\nadd b 10.0.0.1\n", "create b hash:ip\nadd b 10.0.0.1\nadd b 10.0.0.2\n", false, 1));
    }

    @Test
    void shouldNotMindWhatTheToolAppendsToAMask() {
        assertNull(SetListing.difference("create b hash:ip family inet bitmask 255.0.0.255/1 bucketsize 12\n",
                "create b hash:ip family inet bitmask 255.0.0.255 bucketsize 12\n", false, 1));
    }
}
