using System.Reflection;
using System.Reflection.Emit;

namespace PerfTrace.Events;

/// <summary>Where classes go that are made while running. Not safe for several threads.</summary>
/// <param name="assembly">The name of their assemblies.</param>
internal sealed class GeneratedModules(string assembly)
{
    /// <summary>The runtime looks through all of a module each time that it gets one more class: with thousands in one it took five times as long as with so many in each.</summary>
    private const int ClassesPerModule = 32;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private ModuleBuilder? _module;
    private int _classes;

    /// <summary>Begins a class. Its name gets a number where there is one of that name: an event may come back with another format.</summary>
    public TypeBuilder DefineClass(string name, Type parent)
    {
        if (_module is null || _classes >= ClassesPerModule)
        {
            _module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(assembly), AssemblyBuilderAccess.Run).DefineDynamicModule("Events");
            _classes = 0;
        }
        _classes++;
        string unique = name;
        for (int n = 2; !_names.Add(unique); n++)
            unique = $"{name}.{n}";
        return _module.DefineType(unique, TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class, parent);
    }
}
