using System.Buffers.Binary;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A counter in a map, in which a program counts the records that found no room: of an array or hash, of one number or one for each CPU.</summary>
internal sealed unsafe class BpfLossCounter : IDisposable
{
    private readonly FileDescriptor _map;
    private readonly byte[] _key;
    private readonly byte[] _value;
    private readonly int _width;
    private readonly long _before;

    /// <param name="map">The map; its values are numbers of 4 or 8 bytes.</param>
    /// <param name="key">Where in it the counter is.</param>
    /// <exception cref="BpfLossCounterException">It has no such number.</exception>
    /// <exception cref="KernelException">It can not be read.</exception>
    public BpfLossCounter(BpfMap map, uint key)
    {
        bool isPerCpu = map.Type is BpfMapType.PerCpuArray or BpfMapType.PerCpuHash or BpfMapType.LruPerCpuHash;
        if (map.ValueSize is not (sizeof(uint) or sizeof(ulong)) || map.KeySize is not sizeof(uint) || !(isPerCpu || map.Type is BpfMapType.Array or BpfMapType.Hash or BpfMapType.LruHash))
            throw new BpfLossCounterException(map);
        _width = map.ValueSize;
        _key = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(_key, key);
        // A value for each CPU stands at a multiple of 8.
        _value = new byte[isPerCpu ? sizeof(ulong) * PossibleCpus() : _width];
        _map = map.Open();
        try
        {
            _before = Read(required: map);
        }
        catch
        {
            _map.Dispose();
            throw;
        }
    }

    /// <summary>How many since this was opened.</summary>
    public long Count => Read(required: null) - _before;

    public void Dispose() => _map.Dispose();

    private static int PossibleCpus() => CpuSet.Parse(File.ReadAllText(Path.Combine(SystemPaths.Default.Cpus, "possible")).Trim()).Max() + 1;

    private long Read(BpfMap? required)
    {
        fixed (byte* key = _key)
        fixed (byte* value = _value)
        {
            // struct { __u32 map_fd; __aligned_u64 key, value; __u64 flags; } of union bpf_attr
            ulong* attributes = stackalloc ulong[4];
            attributes[0] = (uint)_map.Number;
            attributes[1] = (ulong)key;
            attributes[2] = (ulong)value;
            attributes[3] = 0;
            Errno errno = BpfCalls.Try(BpfCommand.MapLookup, attributes, 32, out _);
            if (errno == Errno.ENOENT)
                return required is null || required.Type is not (BpfMapType.Array or BpfMapType.PerCpuArray) ? 0 : throw new BpfLossCounterException(required);
            if (errno != Errno.None)
                throw BpfCalls.Error(errno, BpfCommand.MapLookup, required?.ToString());
        }
        long count = 0;
        for (int at = 0; at < _value.Length; at += sizeof(ulong))
            count += _width == sizeof(uint) ? BitConverter.ToUInt32(_value, at) : BitConverter.ToInt64(_value, at);
        return count;
    }
}
