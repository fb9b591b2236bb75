package io.penstock.rules.hot;

/** What a worker needs while a packet asks a set: the key, and what an element gives to the packet. */
public final class SetScratch {

    /** The key: its first word; the others follow. A word that a set's keys do not have is not looked at. */
    public long key0;
    /** The key. */
    public long key1;
    /** The key. */
    public long key2;
    /** The key. */
    public long key3;
    /** The key. */
    public long key4;
    /** What the element that matched gives: a mark. */
    public int skbMark;
    /** In which bits. */
    public int skbMask;
    /** A priority. */
    public int skbPrio;
    /** A queue. */
    public int skbQueue;
    /** Whether the element had such. */
    public boolean hasSkbinfo;
}
