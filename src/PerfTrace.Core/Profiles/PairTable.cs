using System.Numerics;

namespace PerfTrace.Profiles;

/// <summary>Pairs of numbers to numbers, by open addressing: the inner loop of every report asks it once for each frame of each sample.</summary>
internal sealed class PairTable
{
    /// <summary>What a new pair's place holds.</summary>
    public const int NewMark = -1;

    private const int InitialCapacity = 64;

    private long[] _keys = new long[InitialCapacity];
    private int[] _values = new int[InitialCapacity]; // 0: an empty place
    private int _count;

    /// <summary>The place of a pair's number. It holds <see cref="NewMark"/> when the pair is new, and the caller sets it, to a number above 0.</summary>
    public ref int this[int first, int second]
    {
        get
        {
            // At most half full.
            if (_count * 2 >= _keys.Length)
                Grow();
            long key = ((long)first << 32) | (uint)second;
            int place = Find(_keys, _values, key);
            if (_values[place] == 0)
            {
                _keys[place] = key;
                _values[place] = NewMark;
                _count++;
            }
            return ref _values[place];
        }
    }

    private static int Find(long[] keys, int[] values, long key)
    {
        int shift = 64 - BitOperations.Log2((uint)keys.Length);
        // Fibonacci hashing: the upper bits of the product depend on all bits of the key.
        int place = (int)((ulong)(key * -7046029254386353131L) >> shift);
        while (values[place] != 0 && keys[place] != key)
            place = (place + 1) & (keys.Length - 1);
        return place;
    }

    private void Grow()
    {
        long[] keys = new long[_keys.Length * 2];
        int[] values = new int[keys.Length];
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_values[i] == 0)
                continue;
            int place = Find(keys, values, _keys[i]);
            keys[place] = _keys[i];
            values[place] = _values[i];
        }
        (_keys, _values) = (keys, values);
    }
}
