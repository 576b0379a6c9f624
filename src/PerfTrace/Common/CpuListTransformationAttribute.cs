using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Takes CPU numbers and lists such as <c>0-3,8</c> where a parameter is an array of CPUs.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CpuListTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var cpus = new List<int>();
        Collect(inputData, cpus);
        return cpus.ToArray();
    }

    private static void Collect(object? value, List<int> cpus)
    {
        value = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (value is string or not IEnumerable)
        {
            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            if (!CpuSet.TryParse(text, out CpuSet? set) || set.Count == 0)
                throw new ArgumentTransformationMetadataException($"'{text}' is not a CPU or a list of CPUs such as 0-3,8.");
            cpus.AddRange(set);
            return;
        }
        foreach (object? element in (IEnumerable)value)
            Collect(element, cpus);
    }
}
