using System.Runtime.InteropServices;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Abi;

/// <summary>Sizes and offsets of libpfm4's structures in perfmon/pfmlib.h and pfmlib_perf_event.h, LP64.</summary>
public unsafe class LibPfmTests
{
    [Fact]
    public void StructuresHaveTheLibrarysSizes()
    {
        // PFM_PMU_INFO_ABI0, PFM_EVENT_INFO_ABI0, PFM_ATTR_INFO_ABI0 and PFM_PERF_ENCODE_ABI0.
        Assert.Equal(56, sizeof(LibPfm.PmuInfo));
        Assert.Equal(64, sizeof(LibPfm.EventInfo));
        Assert.Equal(64, sizeof(LibPfm.AttributeInfo));
        Assert.Equal(40, sizeof(LibPfm.EncodeArgument));
    }

    [Fact]
    public void FieldsHaveTheLibrarysOffsets()
    {
        Assert.Equal((24, 28, 32, 36, 40, 44, 48, 52), (
            Offset<LibPfm.PmuInfo>("Pmu"), Offset<LibPfm.PmuInfo>("Type"), Offset<LibPfm.PmuInfo>("EventCount"), Offset<LibPfm.PmuInfo>("FirstEvent"),
            Offset<LibPfm.PmuInfo>("MaximumEncoding"), Offset<LibPfm.PmuInfo>("CounterCount"), Offset<LibPfm.PmuInfo>("FixedCounterCount"), Offset<LibPfm.PmuInfo>("Flags")));
        Assert.Equal((24, 32, 40, 44, 48, 56), (
            Offset<LibPfm.EventInfo>("Size"), Offset<LibPfm.EventInfo>("Code"), Offset<LibPfm.EventInfo>("Pmu"), Offset<LibPfm.EventInfo>("DataType"),
            Offset<LibPfm.EventInfo>("Index"), Offset<LibPfm.EventInfo>("Reserved")));
        Assert.Equal((24, 32, 40, 44, 48, 56), (
            Offset<LibPfm.AttributeInfo>("Size"), Offset<LibPfm.AttributeInfo>("Code"), Offset<LibPfm.AttributeInfo>("Type"), Offset<LibPfm.AttributeInfo>("Index"),
            Offset<LibPfm.AttributeInfo>("Control"), Offset<LibPfm.AttributeInfo>("Default")));
        Assert.Equal((0, 8, 16, 24, 28, 32), (
            Offset<LibPfm.EncodeArgument>("Attributes"), Offset<LibPfm.EncodeArgument>("FullName"), Offset<LibPfm.EncodeArgument>("Size"),
            Offset<LibPfm.EncodeArgument>("Index"), Offset<LibPfm.EncodeArgument>("Cpu"), Offset<LibPfm.EncodeArgument>("Flags")));
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
