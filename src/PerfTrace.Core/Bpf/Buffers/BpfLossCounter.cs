using System.Buffers.Binary;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>A counter in a map, in which a program counts the records that found no room: of an array or hash, of one number or one for each CPU.</summary>
internal sealed class BpfLossCounter : IDisposable
{
    private readonly BpfMapAccess _map;
    private readonly byte[] _key = new byte[sizeof(uint)];
    private readonly byte[] _value;
    private readonly long _before;

    /// <param name="map">The map; its values are numbers of 4 or 8 bytes.</param>
    /// <param name="key">Where in it the counter is.</param>
    /// <exception cref="BpfLossCounterException">It has no such number.</exception>
    /// <exception cref="KernelException">It can not be read.</exception>
    public BpfLossCounter(BpfMap map, uint key = 0)
    {
        if (map.ValueSize is not (sizeof(uint) or sizeof(ulong)) || map.KeySize is not sizeof(uint)
            || map.Type is not (BpfMapType.Array or BpfMapType.Hash or BpfMapType.LruHash or BpfMapType.PerCpuArray or BpfMapType.PerCpuHash or BpfMapType.LruPerCpuHash))
            throw new BpfLossCounterException(map);
        BinaryPrimitives.WriteUInt32LittleEndian(_key, key);
        _map = BpfMapAccess.Open(map);
        try
        {
            _value = new byte[_map.ValueBytes];
            if (!TryRead(out _before) && BpfMapShape.IsPlainArray(map.Type))
                throw new BpfLossCounterException(map);
        }
        catch
        {
            _map.Dispose();
            throw;
        }
    }

    /// <summary>How many since this was opened.</summary>
    public long Count => (TryRead(out long count) ? count : 0) - _before;

    public void Dispose() => _map.Dispose();

    // False: a hash's program has counted nothing yet, an array is not so long.
    private bool TryRead(out long count)
    {
        count = 0;
        Errno errno = _map.TryLookup(_key, _value);
        if (errno == Errno.ENOENT)
            return false;
        if (errno != Errno.None)
            throw BpfMapError.Lookup(errno, _map);
        int width = _map.Map.ValueSize, stride = BpfMapShape.IsPerCpu(_map.Map.Type) ? BpfMapShape.CpuStride(width) : width;
        for (int at = 0; at < _value.Length; at += stride)
            count += width == sizeof(uint) ? BitConverter.ToUInt32(_value, at) : BitConverter.ToInt64(_value, at);
        return true;
    }
}
