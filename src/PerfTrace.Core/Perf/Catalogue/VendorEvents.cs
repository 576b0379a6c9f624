using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Perf;

/// <summary>
/// Events by the names in the vendors' manuals, for the PMUs of this machine that libpfm4 recognises:
/// <c>skx::INST_RETIRED:ANY_P</c>, <c>INST_RETIRED:ANY_P:u</c>.
/// </summary>
internal sealed unsafe class VendorEvents
{
    /// <summary>libpfm has less than 1,000 PMU models; it answers "invalid" beyond its last.</summary>
    private const int MostPmus = 4096;

    // libpfm keeps global state and does not say that it is safe to call from several threads.
    private static readonly Lock Library = new();
    private static readonly Lazy<string?> LoadProblem = new(Load);

    /// <summary>Why there are no vendor events; null when libpfm4 is there.</summary>
    public string? Absence => LoadProblem.Value;

    /// <summary>Looks a whole event string up, libpfm's own modifiers included; null when libpfm has none of that name or is absent.</summary>
    public PerfEvent? Find(string text)
    {
        if (Absence is not null)
            return null;
        // libpfm takes the text up to a comma and would see "perf::CYCLES" too; the catalogue has those itself.
        PerfEventAttr attributes = default;
        return Encode(text, ref attributes) == LibPfm.Success
            ? new PerfEvent(text, PerfEventKind.Vendor, () => attributes)
            : null;
    }

    /// <summary>All events of those of this machine's PMUs that the kernel has, too; one per unit mask where there are any.</summary>
    public IEnumerable<PerfEvent> List()
    {
        if (Absence is not null)
            return [];
        var events = new List<PerfEvent>();
        lock (Library)
        {
            for (int pmu = 0; pmu < MostPmus; pmu++)
            {
                LibPfm.PmuInfo info = default;
                info.Size = (nuint)sizeof(LibPfm.PmuInfo);
                int error = LibPfm.GetPmuInfo(pmu, &info);
                if (error == LibPfm.ErrInvalid && pmu > 0)
                    break;
                if (error != LibPfm.Success || !info.IsPresent)
                    continue;
                string name = Text(info.Name);
                if (name is "perf" or "perf_raw")
                    continue; // the generalised events, which the catalogue lists itself
                int first = events.Count;
                for (int index = info.FirstEvent; index != -1; index = LibPfm.GetNextEvent(index))
                {
                    AddEvent(events, name, index);
                    if (first < events.Count && !IsServed(events[first].Name))
                    {
                        events.RemoveRange(first, events.Count - first);
                        break;
                    }
                }
            }
        }
        return events;
    }

    // libpfm goes by the CPU's model: it knows the uncore of a CPU, too, whose kernel, as that of a virtual machine, has no PMU for it (amd_l3).
    private static bool IsServed(string name)
    {
        PerfEventAttr attributes = default;
        return Encode(name, ref attributes) == LibPfm.Success;
    }

    private static void AddEvent(List<PerfEvent> events, string pmu, int index)
    {
        LibPfm.EventInfo info = default;
        info.Size = (nuint)sizeof(LibPfm.EventInfo);
        if (LibPfm.GetEventInfo(index, LibPfm.OsPerfEvent, &info) != LibPfm.Success)
            return;
        string name = $"{pmu}::{Text(info.Name)}", description = Text(info.Description);
        bool hasUmask = false;
        for (int attribute = 0; attribute < info.AttributeCount; attribute++)
        {
            LibPfm.AttributeInfo attributeInfo = default;
            attributeInfo.Size = (nuint)sizeof(LibPfm.AttributeInfo);
            if (LibPfm.GetEventAttributeInfo(index, attribute, LibPfm.OsPerfEvent, &attributeInfo) == LibPfm.Success
                && attributeInfo.Type == LibPfm.AttributeUmask)
            {
                hasUmask = true;
                events.Add(Create($"{name}:{Text(attributeInfo.Name)}", pmu, $"{description}: {Text(attributeInfo.Description)}"));
            }
        }
        if (!hasUmask)
            events.Add(Create(name, pmu, description));
    }

    private static PerfEvent Create(string name, string pmu, string description) => new(name, PerfEventKind.Vendor, () =>
    {
        PerfEventAttr attributes = default;
        int error = Encode(name, ref attributes);
        return error == LibPfm.Success
            ? attributes
            : throw new UnknownEventException(name, $"libpfm4 can not encode {name} on this machine: {Text(LibPfm.ErrorText(error))}.", []);
    })
    {
        Pmu = pmu,
        Description = description,
    };

    private static int Encode(string text, ref PerfEventAttr attributes)
    {
        // libpfm writes a struct perf_event_attr of the size that it was built with, which may exceed ours.
        const int Room = 512;
        byte* buffer = stackalloc byte[Room];
        new Span<byte>(buffer, Room).Clear();
        LibPfm.EncodeArgument argument = default;
        argument.Attributes = buffer;
        argument.Size = (nuint)sizeof(LibPfm.EncodeArgument);
        int error;
        lock (Library)
            error = LibPfm.GetOsEventEncoding(text, LibPfm.AllLevels, LibPfm.OsPerfEvent, &argument);
        if (error == LibPfm.Success)
        {
            attributes = MemoryMarshal.Read<PerfEventAttr>(new ReadOnlySpan<byte>(buffer, PerfEventAttr.StructureSize));
            attributes.Size = 0;
        }
        return error;
    }

    private static string? Load()
    {
        try
        {
            int error = LibPfm.Initialize();
            return error == LibPfm.Success ? null : $"libpfm4 knows no PMU of this machine: {Text(LibPfm.ErrorText(error))}.";
        }
        catch (DllNotFoundException)
        {
            return "Vendor event names need libpfm4 (Debian and Ubuntu: libpfm4; Fedora: libpfm).";
        }
    }

    private static string Text(byte* text) =>
        text is null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
}
